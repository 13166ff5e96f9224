/// How long a phone's packets take to the browser, found again by their content: they are forwarded as they are.
enum ForwardingDelay {
    /// Milliseconds of every packet that was sent after `start`, and how many did not come.
    static func delays(
        from phone: HeardEcho, to browser: HeardEcho, audio: NumberedAudio, since start: Duration
    ) -> (
        milliseconds: [Double], missed: Int
    ) {
        var delays: [Double] = []
        for packet in browser.packets {
            guard let number = audio.number(of: browser.codes(of: packet)), phone.sent.indices.contains(number), phone.sent[number] >= start else {
                continue
            }
            delays.append((packet.arrival - phone.sent[number]).milliseconds)
        }
        return (delays, phone.sent.count { $0 >= start } - delays.count)
    }
}
