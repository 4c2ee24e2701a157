"""The ledger of mails and the rules of who may get one."""
