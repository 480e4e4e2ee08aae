// pcre2.h names everything through macros of the width, which Swift cannot see: by their real names.
#ifndef CPCRE2_SHIM_H
#define CPCRE2_SHIM_H

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

typedef pcre2_code_8 hb_pcre2_code;

// The compiled pattern, or NULL with an error number and the offset of the mistake.
static inline hb_pcre2_code *hb_pcre2_compile(const uint8_t *pattern, size_t length, int *error,
                                              size_t *offset) {
    return pcre2_compile_8(pattern, length, PCRE2_NO_AUTO_CAPTURE, error, offset, NULL);
}

static inline void hb_pcre2_free(hb_pcre2_code *code) { pcre2_code_free_8(code); }

// The words for an error, ended by NUL; `size` > 0.
static inline void hb_pcre2_message(int error, uint8_t *buffer, size_t size) {
    if (pcre2_get_error_message_8(error, buffer, size) < 0) buffer[0] = 0;
}

// Whether the pattern occurs: 1, 0, or a negative error, PCRE2_ERROR_MATCHLIMIT and others when it
// takes more than `steps`. Memory is allocated and freed again.
static inline int hb_pcre2_find(const hb_pcre2_code *code, const uint8_t *bytes, size_t length,
                                uint32_t steps) {
    pcre2_match_context_8 *context = pcre2_match_context_create_8(NULL);
    pcre2_match_data_8 *data = pcre2_match_data_create_8(1, NULL);
    int result = PCRE2_ERROR_NOMEMORY;
    if (context && data) {
        pcre2_set_match_limit_8(context, steps);
        result = pcre2_match_8(code, bytes, length, 0, 0, data, context);
    }
    pcre2_match_data_free_8(data);
    pcre2_match_context_free_8(context);
    return result == PCRE2_ERROR_NOMATCH ? 0 : result < 0 ? result : 1;
}

#endif
