#include "http.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <curl/curl.h>

#include "base/mem.h"

enum { MOST = 16 << 20 };

struct body {
	char *text;
	size_t length;
};

static size_t on_data(char *data, size_t one, size_t length, void *context)
{
	struct body *body = context;

	if (body->length + length > MOST)
		return 0;
	body->text = mem_resize(body->text, body->length + length + 1, one);
	memcpy(body->text + body->length, data, length);
	body->length += length;
	body->text[body->length] = '\0';
	return length;
}

/* curl says what it waits for, and the loop waits: what else happens meanwhile is dealt with as ever. */
struct transfer {
	struct loop *loop;
	CURLM *multi;
	uv_timer_t timer;
	size_t handles; /* the timer, and one for each socket that is watched */
	struct body body;
	bool over;
	CURLcode code;
};

struct watched {
	uv_poll_t poll;
	struct transfer *transfer;
	curl_socket_t socket;
};

static void go_on(struct transfer *transfer, curl_socket_t socket, int events)
{
	int left;

	curl_multi_socket_action(transfer->multi, socket, events, &left);
	for (CURLMsg *message; (message = curl_multi_info_read(transfer->multi, &left));)
		if (message->msg == CURLMSG_DONE) {
			transfer->over = true;
			transfer->code = message->data.result;
		}
}

static void on_ready(uv_poll_t *poll, int status, int events)
{
	struct watched *watched = poll->data;
	int happened = status < 0 ? CURL_CSELECT_ERR : 0;

	if (events & UV_READABLE)
		happened |= CURL_CSELECT_IN;
	if (events & UV_WRITABLE)
		happened |= CURL_CSELECT_OUT;
	go_on(watched->transfer, watched->socket, happened);
}

static void on_time(uv_timer_t *timer)
{
	go_on(timer->data, CURL_SOCKET_TIMEOUT, 0);
}

static int on_wait(CURLM *multi, long ms, void *context)
{
	struct transfer *transfer = context;

	(void)multi;
	if (ms < 0)
		uv_timer_stop(&transfer->timer);
	else
		uv_timer_start(&transfer->timer, on_time, (uint64_t)ms, 0);
	return 0;
}

static void on_poll_closed(uv_handle_t *handle)
{
	struct watched *watched = handle->data;

	watched->transfer->handles--;
	free(watched);
}

static struct watched *watch(struct transfer *transfer, curl_socket_t socket)
{
	struct watched *watched = mem_zeroed(1, sizeof *watched);

	*watched = (struct watched){.transfer = transfer, .socket = socket};
	if (uv_poll_init_socket(&transfer->loop->uv, &watched->poll, socket) != 0) {
		free(watched);
		return NULL;
	}
	watched->poll.data = watched;
	transfer->handles++;
	curl_multi_assign(transfer->multi, socket, watched);
	return watched;
}

/* `known` is what watch() has made for the socket, or NULL. */
static int on_socket(CURL *curl, curl_socket_t socket, int what, void *context, void *known)
{
	struct transfer *transfer = context;
	struct watched *watched = known;

	(void)curl;
	if (what == CURL_POLL_REMOVE) {
		curl_multi_assign(transfer->multi, socket, NULL);
		if (watched)
			uv_close((uv_handle_t *)&watched->poll, on_poll_closed);
		return 0;
	}
	if (!watched && !(watched = watch(transfer, socket)))
		return -1;
	uv_poll_start(&watched->poll,
		      (what & CURL_POLL_IN ? UV_READABLE : 0) | (what & CURL_POLL_OUT ? UV_WRITABLE : 0), on_ready);
	return 0;
}

static void on_timer_closed(uv_handle_t *handle)
{
	((struct transfer *)handle->data)->handles--;
}

/* Waits for the end of it, or an interrupt. Leaves nothing in the loop. */
static CURLcode perform(struct transfer *transfer, CURL *curl)
{
	struct loop *loop = transfer->loop;

	transfer->code = CURLE_ABORTED_BY_CALLBACK;
	uv_timer_init(&loop->uv, &transfer->timer);
	transfer->timer.data = transfer;
	transfer->handles = 1;
	curl_multi_setopt(transfer->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
	curl_multi_setopt(transfer->multi, CURLMOPT_SOCKETDATA, transfer);
	curl_multi_setopt(transfer->multi, CURLMOPT_TIMERFUNCTION, on_wait);
	curl_multi_setopt(transfer->multi, CURLMOPT_TIMERDATA, transfer);
	curl_multi_add_handle(transfer->multi, curl);
	while (!transfer->over && !loop->interrupted)
		uv_run(&loop->uv, UV_RUN_ONCE);
	curl_multi_remove_handle(transfer->multi, curl);
	/* Closes the connection that it would keep, and stops watching its socket. */
	curl_multi_cleanup(transfer->multi);
	uv_close((uv_handle_t *)&transfer->timer, on_timer_closed);
	while (transfer->handles)
		uv_run(&loop->uv, UV_RUN_ONCE);
	return transfer->code;
}

static int error_of(CURLcode code)
{
	switch (code) {
	case CURLE_OK:
		return 0;
	case CURLE_OPERATION_TIMEDOUT:
		return ETIMEDOUT;
	case CURLE_COULDNT_CONNECT:
		return ECONNREFUSED;
	case CURLE_ABORTED_BY_CALLBACK:
		return EINTR;
	case CURLE_WRITE_ERROR:
		return EFBIG;
	default:
		return EPROTO;
	}
}

int http_get(struct loop *loop, int port, const char *path, unsigned ms, struct http_answer *answer)
{
	struct transfer transfer = {.loop = loop, .multi = curl_multi_init(), .body.text = mem_copy("")};
	CURL *curl = curl_easy_init();
	char *url = mem_format("http://127.0.0.1:%d%s", port, path);
	long status = 0;

	*answer = (struct http_answer){0};
	/* That is all that they can lack. */
	if (!curl || !transfer.multi)
		mem_exhausted();
	curl_easy_setopt(curl, CURLOPT_URL, url);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)ms);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	/* The reader's proxy is not for this machine's own ports. */
	curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_data);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, &transfer.body);
	int error = error_of(perform(&transfer, curl));
	if (!error) {
		curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
		*answer = (struct http_answer){.status = (int)status, .body = transfer.body.text};
		transfer.body.text = NULL;
	}
	free(transfer.body.text);
	free(url);
	curl_easy_cleanup(curl);
	return error;
}

char *http_escape(const char *text)
{
	char *escaped = curl_easy_escape(NULL, text, 0), *copy = mem_copy(escaped ? escaped : "");

	curl_free(escaped);
	return copy;
}
