// libphonenumber is C++; this is all of it that is used, in C.
#pragma once
#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/// The types of libphonenumber's PhoneNumberUtil::PhoneNumberType, by its numbers.
enum {
    CPN_FIXED_LINE = 0,
    CPN_MOBILE = 1,
    CPN_FIXED_LINE_OR_MOBILE = 2,
    CPN_TOLL_FREE = 3,
    CPN_PREMIUM_RATE = 4,
    CPN_SHARED_COST = 5,
    CPN_VOIP = 6,
    CPN_PERSONAL_NUMBER = 7,
    CPN_PAGER = 8,
    CPN_UAN = 9,
    CPN_VOICEMAIL = 10,
    CPN_UNKNOWN = 11,
};

/// What is known of one number. `region` is empty for a number of no country.
typedef struct {
    bool valid;
    int type;
    char region[4];
} cpn_profile;

/// `number` is E.164 with its `+`, `length` bytes long. Never throws, and may be called by many threads at once.
cpn_profile cpn_profile_of(const char *number, size_t length);

/// Whether `digits` are an emergency number of any region. The same holds.
bool cpn_is_emergency(const char *digits, size_t length);

#ifdef __cplusplus
}
#endif
