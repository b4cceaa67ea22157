"""What helps to work on the project; none of it is part of the product."""
