from portal.llm_client import ask
