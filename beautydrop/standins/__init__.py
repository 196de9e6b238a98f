"""Stand-ins of outside services: they speak the services' wire protocol on this machine, for the demo and the tests.

They import nothing of the project, and nothing of the project imports them: it only gets other addresses and keys.
"""
