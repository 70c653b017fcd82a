"""What programs that visit every site ask of this one."""
