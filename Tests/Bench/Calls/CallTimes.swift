/// What was measured of one whole call.
struct CallTimes {
    /// From the `dial` frame handed to the browser's socket to the INVITE read at the phone.
    var dialToInvite: Duration
    /// From the phone's 200 handed to its socket to the first packet of its sound, read and decrypted at the browser.
    var answerToBrowser: Duration
    /// From the same 200 to the first packet with the browser's tone, read at the phone.
    var answerToPhone: Duration
    /// From the phone's BYE handed to its socket to the outcome seen in the database.
    var byeToRow: Duration
    /// From the same BYE to the `dial-status` frame that tells the browser.
    var byeToFrame: Duration
}
