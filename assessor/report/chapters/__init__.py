"""The chapters that documents are put together from: one module each, `(Assessment, Pen) -> blocks`."""
