"""THE WEB: forms in, pages and JSON out, over the desk. No rule stands here; every act asks `assessor.desk`."""
