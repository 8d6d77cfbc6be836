#include "http.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "kit/check.h"
#include "kit/loopback.h"

void http_start(struct http *http, MHD_AccessHandlerCallback handle, MHD_RequestCompletedCallback completed, void *arg)
{
	int listener = loopback_listen();

	http->port = loopback_port(listener);
	HAVE(pipe(http->wake) == 0);
	http->daemon = MHD_start_daemon(MHD_USE_EPOLL, 0, NULL, NULL, handle, arg, MHD_OPTION_LISTEN_SOCKET, listener,
					MHD_OPTION_NOTIFY_COMPLETED, completed, arg, MHD_OPTION_END);
	HAVE(http->daemon);
}

void http_run(struct http *http)
{
	int epoll = MHD_get_daemon_info(http->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
	struct pollfd ready[] = {{.fd = epoll, .events = POLLIN}, {.fd = http->wake[0], .events = POLLIN}};
	MHD_UNSIGNED_LONG_LONG due;
	char byte;

	(void)poll(ready, 2, MHD_get_timeout(http->daemon, &due) == MHD_YES ? (int)due : -1);
	REQUIRE(MHD_run(http->daemon) == MHD_YES);
	while ((ready[1].revents & POLLIN) && read(http->wake[0], &byte, 1) < 0)
		REQUIRE(errno == EINTR);
}

void http_wake(struct http *http)
{
	while (write(http->wake[1], "!", 1) < 0)
		REQUIRE(errno == EINTR);
}

void http_quiesce(struct http *http)
{
	MHD_socket listener = MHD_quiesce_daemon(http->daemon);

	if (listener != MHD_INVALID_SOCKET)
		close(listener);
}

void http_stop(struct http *http)
{
	MHD_stop_daemon(http->daemon);
	close(http->wake[0]);
	close(http->wake[1]);
}

enum MHD_Result http_answer(struct MHD_Connection *connection, unsigned status)
{
	struct MHD_Response *response = MHD_create_response_from_buffer(0, "", MHD_RESPMEM_PERSISTENT);

	if (!response)
		return MHD_NO;
	if (status != MHD_HTTP_OK)
		(void)MHD_add_response_header(response, MHD_HTTP_HEADER_CONNECTION, "close");
	enum MHD_Result queued = MHD_queue_response(connection, status, response);
	MHD_destroy_response(response);
	return queued;
}
