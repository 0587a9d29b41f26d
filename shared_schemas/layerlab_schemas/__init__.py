"""The words that the server, the browser and scripts share: one pydantic model for everything that crosses a border."""
