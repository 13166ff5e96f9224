/// The way between us and the peer of one call.
struct SessionPath: Sendable {
    /// The host and the port of our Via and Contact.
    let local: SIPAddress
    /// Where the INVITE went.
    let nextHop: SIPAddress
    let pinsNextHop: Bool

    /// A fresh Via; its branch names a new transaction.
    func makeVia(using random: inout some RandomNumberGenerator) -> Via {
        Via(.udp, host: .address(local.ip), port: local.port, branch: TransactionNames.branch(using: &random))
    }

    /// Where the next request in the dialog goes to.
    func destination(of dialog: Dialog) -> SIPAddress {
        pinsNextHop && dialog.routeSet.isEmpty ? nextHop : dialog.destination(otherwise: nextHop)
    }
}
