/// libsrtp refused the keys of one association: that connection ends, with nobody but us to blame.
public struct SRTPSetupError: Error, Equatable, CustomStringConvertible {
    /// What was attempted.
    public var operation: String
    /// libsrtp's `srtp_err_status_t`.
    public var status: UInt32

    public var description: String { "\(operation): libsrtp status \(status)" }
}
