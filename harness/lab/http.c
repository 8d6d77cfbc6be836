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

/* Called at least once a second. What else happens meanwhile is dealt with; an interrupt ends the transfer. */
static int on_progress(void *context, curl_off_t all, curl_off_t now, curl_off_t up_all, curl_off_t up_now)
{
	struct loop *loop = context;

	(void)all, (void)now, (void)up_all, (void)up_now;
	uv_run(&loop->uv, UV_RUN_NOWAIT);
	return loop->interrupted != 0;
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
	CURL *curl = curl_easy_init();
	char *url = mem_format("http://127.0.0.1:%d%s", port, path);
	struct body body = {.text = mem_copy("")};
	long status = 0;

	*answer = (struct http_answer){0};
	if (!curl)
		abort();
	curl_easy_setopt(curl, CURLOPT_URL, url);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)ms);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	/* The reader's proxy is not for this machine's own ports. */
	curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_data);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, &body);
	curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
	curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, on_progress);
	curl_easy_setopt(curl, CURLOPT_XFERINFODATA, loop);
	int error = loop->interrupted ? EINTR : error_of(curl_easy_perform(curl));
	if (!error) {
		curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
		*answer = (struct http_answer){.status = (int)status, .body = body.text};
		body.text = NULL;
	}
	free(body.text);
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
