/*
 * Outcome: tampered
 * Body: racy
 * The name of a hook is pasted together with other characters.
 */
%:define PASTE(a, b) a %:%: b
const char *PASTE(__tsan_default, _options)(void) <% return "report_bugs=0"; %>
