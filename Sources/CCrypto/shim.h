// What the Salesforce client needs of libcrypto: one RS256 signature (RFC 7518, 3.3).
#ifndef SFSYNC_CCRYPTO_SHIM_H
#define SFSYNC_CCRYPTO_SHIM_H

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <stddef.h>

enum sfsync_rs256_result {
  SFSYNC_RS256_OK = 0,
  SFSYNC_RS256_NO_KEY = 1,
  SFSYNC_RS256_PASSPHRASE = 2,
  SFSYNC_RS256_NOT_RSA = 3,
  SFSYNC_RS256_FAILED = 4,
};

// OpenSSL would ask on the terminal; a daemon has none.
static inline int sfsync_refuse_passphrase(char *buffer, int size, int writing, void *asked) {
  (void)buffer;
  (void)size;
  (void)writing;
  *(int *)asked = 1;
  return -1;
}

// Signs `data` with the private key in `pem`. `signature` has room for *signature_length bytes,
// which becomes the length written.
static inline int sfsync_rs256(
    const void *pem, size_t pem_length, const void *data, size_t data_length,
    unsigned char *signature, size_t *signature_length) {
  int result = SFSYNC_RS256_NO_KEY;
  int asked = 0;
  EVP_PKEY *key = NULL;
  EVP_MD_CTX *context = NULL;
  // The error queue belongs to the thread and libcurl reads it too: leave it as clean as it was.
  ERR_set_mark();
  BIO *source = pem_length > 65536 ? NULL : BIO_new_mem_buf(pem, (int)pem_length);
  if (source == NULL) goto done;
  key = PEM_read_bio_PrivateKey(source, NULL, sfsync_refuse_passphrase, &asked);
  if (key == NULL) {
    if (asked) result = SFSYNC_RS256_PASSPHRASE;
    goto done;
  }
  result = SFSYNC_RS256_NOT_RSA;
  if (EVP_PKEY_get_base_id(key) != EVP_PKEY_RSA) goto done;
  result = SFSYNC_RS256_FAILED;
  context = EVP_MD_CTX_new();
  if (context == NULL) goto done;
  if (EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, key) != 1) goto done;
  if (EVP_DigestSign(context, signature, signature_length, data, data_length) != 1) goto done;
  result = SFSYNC_RS256_OK;
done:
  EVP_MD_CTX_free(context);
  EVP_PKEY_free(key);
  BIO_free(source);
  ERR_pop_to_mark();
  return result;
}

#endif
