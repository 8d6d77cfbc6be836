#include "command.h"

const struct command_entry *const commands[] = {
	&command_list,	     &command_show,   &command_diff,	&command_run,  &command_verify,
	&command_check,	     &command_doctor, &command_alert,	&command_test, &command_text,
	&command_completion, &command_man,    &command_version, NULL,
};
