"""One module for each page; how they are made is said in `mainstay.web.page`."""
