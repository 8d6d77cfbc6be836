/* Each operator, by what it makes of a few lines, and what it leaves alone. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mutants/mutants.h"

/* The text of the n-th mutant of this operator, from 0; NULL when there are fewer. */
static const struct mutant *find(const struct mutants *all, const char *change, size_t n)
{
	for (size_t i = 0; i < all->count; i++)
		if (strcmp(all->items[i].change, change) == 0 && n-- == 0)
			return &all->items[i];
	return NULL;
}

/* The mutants that the operator makes of the body of f(), as bodies; NULL ends them. */
static void expect(const char *change, const char *body, const char *const *bodies)
{
	static const char frame[] = "void f(void)\n{\n%s\n}\n";
	struct mutants all = {0};
	char source[2048], wanted[2048];
	size_t n = 0;

	snprintf(source, sizeof source, frame, body);
	mutants_make(&all, source);
	for (; bodies[n]; n++) {
		const struct mutant *mutant = find(&all, change, n);
		snprintf(wanted, sizeof wanted, frame, bodies[n]);
		cr_assert(mutant, "'%s' makes %zu mutants of '%s'", change, n, body);
		cr_assert_str_eq(mutant->source, wanted);
		cr_assert_str_eq(mutant->function, "f");
	}
	cr_assert_null(find(&all, change, n), "'%s' makes too much of '%s': %s", change, body,
		       find(&all, change, n)->source);
	mutants_release(&all);
}

/* With NULL: none. */
#define EXPECT(change, body, ...) expect(change, body, (const char *const[]){__VA_ARGS__, NULL})

Test(operators, on_wake_ups)
{
	EXPECT("signal for broadcast", "CHECK(pthread_cond_broadcast(&c));", "CHECK(pthread_cond_signal(&c));");
	EXPECT("signal for broadcast", "CHECK(pthread_cond_signal(&c)); /* pthread_cond_broadcast */", NULL);
	EXPECT("no wake-up", "a();\nCHECK(pthread_cond_broadcast(&c));\nsem_post(&s);", "a();\n;\nsem_post(&s);",
	       "a();\nCHECK(pthread_cond_broadcast(&c));\n;");
	EXPECT("no wake-up", "if (pthread_cond_signal(&c) == 0)\na();", NULL);
}

Test(operators, on_loops_around_a_wait)
{
	EXPECT("if for while", "while (!done)\npthread_cond_wait(&c, &l);", "if (!done)\npthread_cond_wait(&c, &l);");
	EXPECT("if for while", "while (!done && deadline_cond_wait(&c, &l, &end))\n;",
	       "if (!done && deadline_cond_wait(&c, &l, &end))\n;");
	EXPECT("if for while", "while (!done) {\na();\nCHECK(pthread_cond_wait(&c, &l));\n}",
	       "if (!done) {\na();\nCHECK(pthread_cond_wait(&c, &l));\n}");
	/* The outer loop is one of work. */
	EXPECT("if for while", "while (!done) {\nif (!n) {\npthread_cond_wait(&c, &l);\ncontinue;\n}\nwork();\n}",
	       "while (!done) {\nif (!n) {\npthread_cond_wait(&c, &l);\n;\n}\nwork();\n}");
	EXPECT("if for while", "while (!done)\nwork();\ndo\na();\nwhile (x);", NULL);
}

Test(operators, on_deadlines)
{
	EXPECT("tenth of the deadline", "struct timespec end = deadline_in(a + b);\nstop_wait(&s, 5);",
	       "struct timespec end = deadline_in((a + b) / 10);\nstop_wait(&s, 5);",
	       "struct timespec end = deadline_in(a + b);\nstop_wait(&s, (5) / 10);");
	EXPECT("ten times the deadline", "struct timespec end = deadline_in(a + b);",
	       "struct timespec end = deadline_in((a + b) * 10);");
	EXPECT("deadline anew", "struct timespec end = deadline_in(a);\nwhile (deadline_cond_wait(&c, &l, &end))\n;",
	       "struct timespec end = deadline_in(a);\n"
	       "while (deadline_cond_wait(&c, &l, &(struct timespec[]){deadline_in(a)}[0]))\n;");
}

/* Made elsewhere: what is left of it at the beginning is what each wait gets. */
Test(operators, on_a_deadline_that_is_given)
{
	struct mutants all = {0};

	mutants_make(&all, "bool f(const struct timespec *end)\n{\nreturn deadline_cond_wait(&c, &l, end);\n}\n");
	const struct mutant *mutant = find(&all, "deadline anew", 0);
	cr_assert(mutant);
	cr_assert(strstr(mutant->source, "{ struct timespec mutant_began = deadline_in(0);\n"));
	cr_assert(strstr(mutant->source, "&l, &(struct timespec[]){mutant_anew(&mutant_began, end)}[0]);"));
	mutants_release(&all);
}

Test(operators, that_leave_something_out)
{
	EXPECT("no join", "for (;;)\nCHECK(pthread_join(t, NULL));", "for (;;)\n;");
	EXPECT("no stop", "stop_request(&s);\nqueue_close(&q);", ";\nqueue_close(&q);", "stop_request(&s);\n;");
	EXPECT("no free", "free(a);\nint x = close(b);", ";\nint x = close(b);");
	EXPECT("no flag", "bool x = false;\nx = true;\na->b[1] = false;\ny = true && z;",
	       "bool x = false;\n;\na->b[1] = false;\ny = true && z;", "bool x = false;\nx = true;\n;\ny = true && z;");
}

Test(operators, on_counts)
{
	EXPECT("no count", "for (int i = 0; i < n; i++)\na->n++;", "for (int i = 0; i < n; i++)\n;");
	EXPECT("no count", "++*p;\nx[n++] = 1;\nn -= 2;", ";\nx[n++] = 1;\nn -= 2;", "++*p;\nx[n] = 1;\nn -= 2;",
	       "++*p;\nx[n++] = 1;\n;");
}

Test(operators, on_boundaries)
{
	EXPECT("boundary", "if (a < b && c >= d)\ne = f->g << 1;", "if (a <= b && c >= d)\ne = f->g << 1;",
	       "if (a < b && c > d)\ne = f->g << 1;");
}

Test(operators, on_the_steps_of_a_shutdown)
{
	EXPECT("steps swapped", "stop_request(&s);\nCHECK(pthread_join(t, NULL));\nfree(a);\nfree(b);",
	       "CHECK(pthread_join(t, NULL));\nstop_request(&s);\nfree(a);\nfree(b);",
	       "stop_request(&s);\nfree(a);\nCHECK(pthread_join(t, NULL));\nfree(b);");
	/* Which of two threads is waited for first, nobody can tell. */
	EXPECT("steps swapped", "CHECK(pthread_join(t, NULL));\nCHECK(pthread_join(u, NULL));\nqueue_close(&q);",
	       "CHECK(pthread_join(t, NULL));\nqueue_close(&q);\nCHECK(pthread_join(u, NULL));");
	EXPECT("steps swapped",
	       "while (a--)\nend(a, pthread_join(t[a], NULL));\nfor (;;)\nend(b, pthread_join(u, NULL));",
	       "for (;;)\nend(b, pthread_join(u, NULL));\nwhile (a--)\nend(a, pthread_join(t[a], NULL));");
	/* What is done under a lock is one step. */
	EXPECT("steps swapped",
	       "pthread_mutex_lock(&l);\nend = true;\npthread_cond_signal(&c);\npthread_mutex_unlock(&l);\n"
	       "pthread_join(t, NULL);",
	       "pthread_join(t, NULL);\n"
	       "pthread_mutex_lock(&l);\nend = true;\npthread_cond_signal(&c);\npthread_mutex_unlock(&l);");
}

Test(operators, on_errors)
{
	EXPECT("no error", "return false;", "return true;");
	EXPECT("no error", "return -1;", "return 0;");
	EXPECT("no error", "return first_error;", "return 0;");
	EXPECT("no error", "return x ? TAKEN : DROPPED;", "return TAKEN;", "return DROPPED;");
	EXPECT("no error", "result = DROPPED;", ";");
	EXPECT("no error", "return true;\nreturn x;\nreturn 0;\nint y = ONE;", NULL);
}

/* --- locks --- */

/* The program's mutants by this operator, each as its lines that have a lock in them. */
static void expect_locks(const char *change, const char *source, const char *const *wanted)
{
	struct mutants all = {0};
	size_t n = 0;

	mutants_make(&all, source);
	for (; wanted[n]; n++) {
		const struct mutant *mutant = find(&all, change, n);
		cr_assert(mutant, "'%s' makes %zu mutants", change, n);
		cr_assert_str_eq(mutant->source, wanted[n]);
	}
	cr_assert_null(find(&all, change, n), "'%s' makes too much", change);
	mutants_release(&all);
}

#define EXPECT_LOCKS(change, source, ...) expect_locks(change, source, (const char *const[]){__VA_ARGS__, NULL})
#define L(lock) "pthread_mutex_lock(&" lock ");"
#define U(lock) "pthread_mutex_unlock(&" lock ");"
#define MUTANT_LOCK "static pthread_mutex_t mutant_lock = PTHREAD_MUTEX_INITIALIZER;\n"

Test(operators, that_do_not_take_a_lock)
{
	EXPECT_LOCKS("lock on one side",
		     "f(){" L("l") "a();" U("l") "b();" L("l") "c();" U("l") "}g(){" L("l") U("l") "}",
		     "f(){;a();;b();" L("l") "c();" U("l") "}g(){" L("l") U("l") "}",
		     "f(){" L("l") "a();" U("l") "b();;c();;}g(){" L("l") U("l") "}",
		     "f(){" L("l") "a();" U("l") "b();" L("l") "c();" U("l") "}g(){;;}");
	/* Given back in a loop and taken again: no pairs. */
	EXPECT_LOCKS("lock on one side", "f(){" L("l") "while(x){" U("l") "a();" L("l") "}" U("l") "}",
		     "f(){;while(x){;a();;};}");
	EXPECT_LOCKS("no lock", "f(){" L("o->l") "a();" U("o->l") "}g(){" L("p.l") U("p.l") "}", "f(){;a();;}g(){;;}");
	EXPECT_LOCKS("no lock", "f(){" L("l") "a();" U("l") "}", NULL);
}

Test(operators, that_take_another_lock)
{
	EXPECT_LOCKS("two locks for one", "f(){" L("l") "pthread_cond_wait(&c, &l);" U("l") "}g(){" L("l") U("l") "}",
		     MUTANT_LOCK
		     "f(){" L("mutant_lock") "pthread_cond_wait(&c, &mutant_lock);" U("mutant_lock") "}g(){" L("l")
			     U("l") "}",
		     MUTANT_LOCK "f(){" L("l") "pthread_cond_wait(&c, &l);" U("l") "}g(){" L("mutant_lock")
			     U("mutant_lock") "}");
	EXPECT_LOCKS("one lock for two", "f(){" L("q->in") U("q->in") "}g(){" L("q->out") U("q->out") "}",
		     "f(){" L("q->in") U("q->in") "}g(){" L("q->in") U("q->in") "}");
	EXPECT_LOCKS("one lock for two", "f(){" L("q->in") U("q->in") "}g(){" L("r->out") U("r->out") "}", NULL);
	EXPECT_LOCKS("one lock for all", "f(){" L("q->in") U("q->in") "}",
		     MUTANT_LOCK "f(){" L("mutant_lock") U("mutant_lock") "}");
	EXPECT_LOCKS("one lock for all", "f(){" L("q.in") U("q.in") "}", NULL);
}

/* --- all of them --- */

Test(operators, name_their_mutants_by_content)
{
	struct mutants all = {0};

	mutants_make(&all, "int n;\nvoid f(void)\n{\n\tn++;\n\tg();\n\tn++;\n}\n");
	cr_assert_eq(all.count, 2);
	for (unsigned i = 0; i < 2; i++) {
		cr_assert_str_eq(all.items[i].line_text, "n++;");
		cr_assert_eq(all.items[i].nth, i + 1);
		cr_assert_eq(all.items[i].line, 4 + 2 * (int)i);
	}
	mutants_release(&all);
}

Test(operators, have_names_of_their_own)
{
	for (size_t i = 0; mutant_operator(i); i++) {
		cr_assert_null(strpbrk(mutant_operator(i), "|#"), "the list has its own use for these");
		for (size_t j = 0; j < i; j++)
			cr_assert_str_neq(mutant_operator(i), mutant_operator(j));
	}
}
