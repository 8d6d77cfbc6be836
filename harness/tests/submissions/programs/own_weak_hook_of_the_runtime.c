/*
 * Outcome: tampered
 * Body: racy
 * The runtime's own hook, by the name that C++ gives it: the linker takes this one, and reports end here.
 */
_Bool _ZN6__tsan8OnReportEPKNS_10ReportDescEb(const void *report, _Bool suppressed);
_Bool _ZN6__tsan8OnReportEPKNS_10ReportDescEb(const void *report, _Bool suppressed)
{
	return report && !suppressed;
}
