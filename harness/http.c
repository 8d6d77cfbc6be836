#include "http.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"

enum { CHUNK = 65536, MOST = 16 << 20 };

/* One exchange. It has two handles, and is over once both are closed. */
struct exchange {
	uv_tcp_t tcp;
	uv_timer_t timer;
	uv_connect_t connect;
	uv_write_t write;
	char *request, *text; /* `text` always ends with a NUL */
	size_t length, room;
	bool over;
	int error, open_handles;
};

static void on_closed(uv_handle_t *handle)
{
	struct exchange *exchange = handle->data;

	exchange->open_handles--;
}

/* The first reason counts. */
static void end(struct exchange *exchange, int error)
{
	if (exchange->over)
		return;
	exchange->over = true;
	exchange->error = error;
	uv_close((uv_handle_t *)&exchange->tcp, on_closed);
	uv_close((uv_handle_t *)&exchange->timer, on_closed);
}

static void on_time(uv_timer_t *timer)
{
	end(timer->data, ETIMEDOUT);
}

static void give_room(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer)
{
	struct exchange *exchange = handle->data;

	(void)suggested;
	if (exchange->room - exchange->length < CHUNK) {
		exchange->room += 2 * CHUNK;
		exchange->text = mem_resize(exchange->text, exchange->room + 1, 1);
	}
	*buffer = uv_buf_init(exchange->text + exchange->length, CHUNK);
}

static void on_read(uv_stream_t *stream, ssize_t count, const uv_buf_t *buffer)
{
	struct exchange *exchange = stream->data;

	(void)buffer;
	if (count > 0)
		exchange->length += (size_t)count;
	exchange->text[exchange->length] = '\0';
	if (count < 0)
		end(exchange, count == UV_EOF ? 0 : (int)-count);
	else if (exchange->length > MOST)
		end(exchange, EFBIG);
}

static void on_written(uv_write_t *write, int error)
{
	if (error)
		end(write->data, -error);
}

static void on_connected(uv_connect_t *connect, int error)
{
	struct exchange *exchange = connect->data;
	uv_buf_t buffer = uv_buf_init(exchange->request, (unsigned)strlen(exchange->request));

	if (!error)
		error = uv_write(&exchange->write, (uv_stream_t *)&exchange->tcp, &buffer, 1, on_written);
	if (!error)
		error = uv_read_start((uv_stream_t *)&exchange->tcp, give_room, on_read);
	if (error)
		end(exchange, -error);
}

static void begin(struct session *session, struct exchange *exchange, int port, unsigned ms)
{
	struct sockaddr_in address;

	uv_tcp_init(&session->loop, &exchange->tcp);
	uv_timer_init(&session->loop, &exchange->timer);
	exchange->tcp.data = exchange->timer.data = exchange->connect.data = exchange->write.data = exchange;
	exchange->open_handles = 2;
	uv_ip4_addr("127.0.0.1", port, &address);
	uv_timer_start(&exchange->timer, on_time, ms, 0);
	int error = uv_tcp_connect(&exchange->connect, &exchange->tcp, (struct sockaddr *)&address, on_connected);
	if (error)
		end(exchange, -error);
}

int http_get(struct session *session, int port, const char *path, unsigned ms, struct http_answer *answer)
{
	/* 1.0: the answer is not cut into chunks, and ends with the connection. */
	struct exchange exchange = {.request = mem_format("GET %s HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n", path)};

	*answer = (struct http_answer){0};
	exchange.text = mem_zeroed(1, 1);
	begin(session, &exchange, port, ms);
	while (exchange.open_handles > 0) {
		if (session->interrupted)
			end(&exchange, EINTR);
		uv_run(&session->loop, UV_RUN_ONCE);
	}
	if (!exchange.error)
		http_parse(exchange.text, answer);
	free(exchange.text);
	free(exchange.request);
	return exchange.error;
}

void http_parse(const char *text, struct http_answer *answer)
{
	const char *head_end = strstr(text, "\r\n\r\n");
	int status;

	*answer = (struct http_answer){0};
	if (head_end && sscanf(text, "HTTP/1.%*1[01] %3d", &status) == 1) {
		answer->status = status;
		answer->body = mem_copy(head_end + 4);
	}
}

char *http_escape(const char *text)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.~";
	char *escaped = mem_zeroed(strlen(text) * 3 + 1, 1), *to = escaped;

	for (; *text; text++)
		if (strchr(plain, *text))
			*to++ = *text;
		else
			to += sprintf(to, "%%%02X", (unsigned char)*text);
	return escaped;
}
