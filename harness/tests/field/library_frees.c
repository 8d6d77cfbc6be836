/*
 * Three threads, each with files, commands, times and names of its own: nothing is shared. What the C library shares
 * behind their backs (the list of open files, the time zone, the machine's addresses) it guards by itself. Right.
 *
 * After the files per thread of a beginner's program: Helgrind and DRD took fclose() for a race once free() was a write.
 */
#include <iconv.h>
#include <netdb.h>
#include <pthread.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

enum { THREADS = 3, ROUNDS = 4 };

static void read_a_file(void)
{
	char *line = NULL;
	size_t room = 0;
	FILE *in = fopen("/etc/passwd", "r"), *out = fopen("/dev/null", "w");

	while (in && out && getline(&line, &room, in) > 0)
		fputs(line, out);
	if (in)
		fclose(in);
	if (out)
		fclose(out);
	free(line);
}

static void run_a_command(void)
{
	FILE *out = popen("true", "r");

	if (out)
		pclose(out);
}

static void tell_the_time(void)
{
	time_t now = time(NULL);
	struct tm local;
	char text[64];

	localtime_r(&now, &local);
	mktime(&local);
	strftime(text, sizeof text, "%H:%M %Z", &local);
}

static void look_up_names(void)
{
	struct addrinfo *found = NULL;
	struct passwd entry, *result;
	char room[2048];

	getpwnam_r("root", &entry, room, sizeof room, &result);
	if (getaddrinfo("localhost", "80", NULL, &found) == 0)
		freeaddrinfo(found);
}

static void convert_text(void)
{
	char in[] = "text", out[64], *from = in, *to = out;
	size_t left = sizeof in, room = sizeof out;
	iconv_t converter = iconv_open("UTF-16", "ISO-8859-1");

	if (converter == (iconv_t)-1)
		return;
	iconv(converter, &from, &left, &to, &room);
	iconv_close(converter);
}

static void *work(void *arg)
{
	for (int i = 0; i < ROUNDS; i++) {
		read_a_file();
		run_a_command();
		tell_the_time();
		look_up_names();
		convert_text();
	}
	return arg;
}

int main(void)
{
	pthread_t threads[THREADS];

	for (int i = 0; i < THREADS; i++)
		pthread_create(&threads[i], NULL, work, NULL);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	printf("done\n");
	return 0;
}
