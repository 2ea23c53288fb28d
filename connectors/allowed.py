"""What may be sent at all, per protocol: design rule 2, and no more."""

# fmt: off
OPCUA_SERVICES = frozenset({
    "FindServers", "GetEndpoints", "OpenSecureChannel", "CloseSecureChannel", "CreateSession",
    "ActivateSession", "CloseSession", "Browse", "BrowseNext", "TranslateBrowsePathsToNodeIds",
    "RegisterNodes", "UnregisterNodes", "Read", "HistoryRead", "CreateSubscription", "ModifySubscription",
    "SetPublishingMode", "DeleteSubscriptions", "CreateMonitoredItems", "ModifyMonitoredItems",
    "SetMonitoringMode", "DeleteMonitoredItems", "Publish", "Republish", "TransferSubscriptions",
})
# fmt: on
"""OPC UA services that only read. No Write, no Call, hence no ConditionRefresh."""
MODBUS_FUNCTIONS = frozenset({"fc1", "fc2", "fc3", "fc4", "fc43/14"})
MODBUS_REPORT_ID = "fc17"
"""Allowed only where the scope says `report_id` for the endpoint: many devices stay silent."""


class Forbidden(Exception):
    """A service that is not on the allow-list was about to be sent: an error of ours. Nothing left."""
