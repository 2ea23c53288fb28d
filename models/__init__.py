"""ESTIMATE: learnt or statistical models. They inform; they never rate."""
