# What ./loose debug has gdb do: follow the runner into the one test, and stop in the frame that a reader wants to see.
set confirm off
set breakpoint pending on
set follow-fork-mode child
set print thread-events off

# An assertion that does not hold: its caller is the test.
break criterion_abort_test
commands
	up
end
break criterion_continue_test
commands
	up
end

# CHECK() and REQUIRE() call a function of the kit's, which gives up: its caller is the line that they stand in.
break abort
commands
	up 2
end
run
