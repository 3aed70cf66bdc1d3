"""What-if dashboards in Jupyter."""
