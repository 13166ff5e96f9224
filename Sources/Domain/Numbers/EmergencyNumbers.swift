/// The numbers that call for help somewhere: this product neither dials nor assigns them.
///
/// It cannot tell the rescuers where the caller is, and an extension of that name would catch a call meant for them.
///
/// Source: the `emergency` patterns of libphonenumber's short number metadata, release 9.0.43, written out for all 240 regions
/// (2–6 digits), with `08` (Mexico, former) and Spain's 061, 062, 091, 092 added. Gabon's `13xx` is a rule, not a list.
public enum EmergencyNumbers {
    /// Whether `digits`, dialled as they are, reach an emergency service of any country.
    public static func contains(short digits: String) -> Bool {
        numbers.contains(digits) || (digits.utf8.count == 4 && digits.hasPrefix("13"))
    }

    /// Whether `digits`, an international number without its `+`, are a calling code and an emergency number.
    ///
    /// From seven digits on such a number could be somebody's ordinary one, so only the countries with an emergency number
    /// that long count; below, no telephone has so short a number, and any 1–3 leading digits pass for a calling code.
    public static func contains(international digits: String) -> Bool {
        if digits.utf8.count < 7 {
            return (0...3).contains { contains(short: String(digits.dropFirst($0))) }
        }
        return longest.contains(digits) || (digits.utf8.count == 7 && digits.hasPrefix("24113"))
    }

    private static let numbers: Set<String> = Set(
        """
        01 02 03 08 13 14 15 16 17 18 19 90 91 92 93 94
        000 001 002 003 011 019 022 033 050 060 061 062 065 066 068 080 085 088 091 092
        100 101 102 103 104 105 106 107 108 110 111 112 113 114 115 116 117 118 119 120 122 123 124 125 127 128 129
        130 131 132 133 140 144 150 151 152 153 154 155 156 157 158 159 160 166 170 171 172 175 177 180 188
        190 191 192 193 194 195 197 198 199 211 311 333 355 511 555 666 819 888
        901 902 903 911 912 913 917 919 922 933 939 955 977 990 991 992 993 994 995 996 997 998 999
        1122 1220 1298 1444 1669 1730 2611 9999 10111 10177 90000
        124422 127799 201606 201917 202099 202914 320221 723141
        """.split(whereSeparator: \.isWhitespace).map(String.init)
    )

    /// Calling code and emergency number that together have the seven digits of a telephone number.
    private static let longest: Set<String> = [
        "2361220", "2411730", "2710111", "2710177", "4690000", "9681444", "9689999", "26410111", "227723141", "691320221",
        "291124422", "291127799", "291201606", "291201917", "291202099", "291202914",
    ]
}
