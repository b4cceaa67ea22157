"""Mainstay: key account management (大客户管理)."""

__version__ = "0.1.0"
