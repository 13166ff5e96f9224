/// What became of the call of one phone.
struct PhoneRecord: Sendable {
    /// When the INVITE was read.
    var invitedAt: Duration?
    /// When the 200 was handed to the socket.
    var answeredAt: Duration?
    var isAcknowledged = false
    var isHangUpConfirmed = false
    /// The far end hung up, or cancelled.
    var isEndedByServer = false
    /// Its packets, in both directions; what it sends is numbered from 0.
    var heard: HeardEcho
}
