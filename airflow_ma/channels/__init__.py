"""Ways to deliver mail: email templates, the channels that take them, and the registry that opens one."""
