"""Afterword from Python: ``from service.client import Client, AsyncClient``."""

from service.client.clients import AsyncClient, Client, in_process
from service.client.problems import Problem, Unreachable

__all__ = ["AsyncClient", "Client", "Problem", "Unreachable", "in_process"]
