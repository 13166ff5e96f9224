#include "CPhoneNumber.h"

#include <phonenumbers/phonenumberutil.h>
#include <phonenumbers/shortnumberinfo.h>

#include <cstring>
#include <set>
#include <string>

using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;
using i18n::phonenumbers::ShortNumberInfo;

static_assert(PhoneNumberUtil::PREMIUM_RATE == CPN_PREMIUM_RATE && PhoneNumberUtil::SHARED_COST == CPN_SHARED_COST, "the types are numbered anew");
static_assert(PhoneNumberUtil::UNKNOWN == CPN_UNKNOWN, "the types are numbered anew");

cpn_profile cpn_profile_of(const char *number, size_t length) {
    cpn_profile profile = {false, CPN_UNKNOWN, {0}};
    // An exception must not cross into Swift: whatever goes wrong, nothing is known of the number, and it is refused.
    try {
        const PhoneNumberUtil &plan = *PhoneNumberUtil::GetInstance();
        PhoneNumber parsed;
        if (plan.Parse(std::string(number, length), "ZZ", &parsed) != PhoneNumberUtil::NO_PARSING_ERROR) return profile;
        if (!plan.IsValidNumber(parsed)) return profile;
        // A national prefix behind the country code is read over: what is judged would not be what is dialled, and one phone had many names.
        std::string canonical;
        plan.Format(parsed, PhoneNumberUtil::E164, &canonical);
        if (canonical.compare(0, std::string::npos, number, length) != 0) return profile;
        std::string region;
        plan.GetRegionCodeForNumber(parsed, &region);
        profile.valid = true;
        profile.type = plan.GetNumberType(parsed);
        // 001 is the world: freephone and satellite numbers of no country.
        if (region.size() == 2) std::memcpy(profile.region, region.data(), 2);
    } catch (...) {
        profile = {false, CPN_UNKNOWN, {0}};
    }
    return profile;
}

bool cpn_is_emergency(const char *digits, size_t length) {
    try {
        static const ShortNumberInfo info;
        static const std::set<std::string> regions = [] {
            std::set<std::string> all;
            PhoneNumberUtil::GetInstance()->GetSupportedRegions(&all);
            return all;
        }();
        const std::string number(digits, length);
        for (const std::string &region : regions)
            if (info.IsEmergencyNumber(number, region)) return true;
        return false;
    } catch (...) {
        return true;
    }
}
