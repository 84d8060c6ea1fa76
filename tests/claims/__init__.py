"""What a model that lies gets past the graph, and what an honest one loses."""
