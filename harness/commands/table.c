#include "command.h"

const struct command_entry *const commands[] = {
	&command_list,	  &command_show,  &command_diff,  &command_watch,	&command_predict,    &command_debug,
	&command_run,	  &command_check, &command_grade, &command_student_kit, &command_hint,	     &command_solution,
	&command_reset,	  &command_merge, &command_next,  &command_previous,	&command_progress,   &command_verify,
	&command_doctor,  &command_alert, &command_test,  &command_text,	&command_completion, &command_man,
	&command_version, NULL,
};
