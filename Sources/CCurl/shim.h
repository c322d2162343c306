// libcurl's variadic calls, one typed wrapper for each kind of argument: Swift cannot call them.
// A callback and its context are set by one call, so that they cannot be set apart.
#include <curl/curl.h>
#include <sys/epoll.h>

static inline CURLcode sf_easy_set_long(CURL *h, CURLoption o, long v) {
  return curl_easy_setopt(h, o, v);
}

static inline CURLcode sf_easy_set_size(CURL *h, CURLoption o, curl_off_t v) {
  return curl_easy_setopt(h, o, v);
}

static inline CURLcode sf_easy_set_string(CURL *h, CURLoption o, const char *v) {
  return curl_easy_setopt(h, o, v);
}

static inline CURLcode sf_easy_set_url(CURL *h, CURLU *v) {
  return curl_easy_setopt(h, CURLOPT_CURLU, v);
}

static inline CURLcode sf_easy_set_headers(CURL *h, struct curl_slist *v) {
  return curl_easy_setopt(h, CURLOPT_HTTPHEADER, v);
}

static inline CURLcode sf_easy_set_error_text(CURL *h, char *v) {
  return curl_easy_setopt(h, CURLOPT_ERRORBUFFER, v);
}

typedef size_t (*sf_data_callback)(char *, size_t, size_t, void *);
typedef int (*sf_seek_callback)(void *, curl_off_t, int);

static inline CURLcode sf_easy_set_answer(
    CURL *h, sf_data_callback header, sf_data_callback body, void *context) {
  CURLcode r = curl_easy_setopt(h, CURLOPT_HEADERFUNCTION, header);
  if (!r) r = curl_easy_setopt(h, CURLOPT_HEADERDATA, context);
  if (!r) r = curl_easy_setopt(h, CURLOPT_WRITEFUNCTION, body);
  if (!r) r = curl_easy_setopt(h, CURLOPT_WRITEDATA, context);
  return r;
}

static inline CURLcode sf_easy_set_upload(
    CURL *h, sf_data_callback read, sf_seek_callback seek, void *context) {
  CURLcode r = curl_easy_setopt(h, CURLOPT_READFUNCTION, read);
  if (!r) r = curl_easy_setopt(h, CURLOPT_READDATA, context);
  if (!r) r = curl_easy_setopt(h, CURLOPT_SEEKFUNCTION, seek);
  if (!r) r = curl_easy_setopt(h, CURLOPT_SEEKDATA, context);
  return r;
}

static inline CURLcode sf_easy_get_long(CURL *h, CURLINFO i, long *v) {
  return curl_easy_getinfo(h, i, v);
}

static inline CURLcode sf_easy_get_size(CURL *h, CURLINFO i, curl_off_t *v) {
  return curl_easy_getinfo(h, i, v);
}

static inline CURLcode sf_easy_get_string(CURL *h, CURLINFO i, char **v) {
  return curl_easy_getinfo(h, i, v);
}

static inline CURLcode sf_easy_get_socket(CURL *h, curl_socket_t *v) {
  return curl_easy_getinfo(h, CURLINFO_ACTIVESOCKET, v);
}

static inline CURLMcode sf_multi_set_long(CURLM *m, CURLMoption o, long v) {
  return curl_multi_setopt(m, o, v);
}

static inline CURLMcode sf_multi_set_sockets(CURLM *m, curl_socket_callback f, void *context) {
  CURLMcode r = curl_multi_setopt(m, CURLMOPT_SOCKETFUNCTION, f);
  return r ? r : curl_multi_setopt(m, CURLMOPT_SOCKETDATA, context);
}

static inline CURLMcode sf_multi_set_timer(CURLM *m, curl_multi_timer_callback f, void *context) {
  CURLMcode r = curl_multi_setopt(m, CURLMOPT_TIMERFUNCTION, f);
  return r ? r : curl_multi_setopt(m, CURLMOPT_TIMERDATA, context);
}
