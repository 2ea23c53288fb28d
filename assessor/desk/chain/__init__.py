"""A CHAIN: whoever leads one invites its suppliers, each of which says for itself what it opens.

What is changed of a chain is changed while nobody else changes anything of it. What its leader sees of a member
rests on that member's consent, asked anew at every request.
"""
