import HTTPTypes
import Hummingbird
import Synchronization

/// Counts requests by what was asked and what was answered. The routes, not the paths: those are as many as callers like.
package final class RequestMetrics: Sendable {
    private static let methods: Set<String> = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
    /// Upper ends, seconds.
    private static let ends = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

    private struct Operation: Hashable, Comparable {
        var method: String
        var route: String

        static func < (left: Operation, right: Operation) -> Bool { (left.route, left.method) < (right.route, right.method) }
    }

    private struct Tally {
        var byStatus: [Int: Int] = [:]
        /// One more than ends: the last for what took longer.
        var byDuration = [Int](repeating: 0, count: RequestMetrics.ends.count + 1)
        var seconds = 0.0
    }

    private let tallies = Mutex<[Operation: Tally]>([:])

    package init() {}

    /// - Parameter route: such as `/v1/trunks/:id`; `nil` for an address that nobody serves.
    package func note(method: String, route: String?, status: Int, took duration: Duration) {
        let operation = Operation(method: Self.methods.contains(method) ? method : "other", route: route ?? "none")
        let seconds = duration / .seconds(1)
        let bucket = Self.ends.firstIndex { seconds <= $0 } ?? Self.ends.count
        tallies.withLock { tallies in
            tallies[operation, default: Tally()].byStatus[status, default: 0] += 1
            tallies[operation]?.byDuration[bucket] += 1
            tallies[operation]?.seconds += seconds
        }
    }
}

extension RequestMetrics: MetricsSource {
    package func write(to page: inout PrometheusPage) {
        let all = tallies.withLock { $0 }.sorted { $0.key < $1.key }
        page.family("ringlink_http_requests_total", .counter, "Requests answered, by operation and status.") { family in
            for (operation, tally) in all {
                for (status, count) in tally.byStatus.sorted(by: { $0.key < $1.key }) {
                    family.sample(count, ["method": operation.method, "route": operation.route, "status": String(status)])
                }
            }
        }
        page.family("ringlink_http_request_duration_seconds", .histogram, "Time from a request's head to its answer's, by operation.") { family in
            for (operation, tally) in all {
                let (method, route) = (operation.method, operation.route)
                var total = 0
                for (end, count) in zip(Self.ends.map { String($0) } + ["+Inf"], tally.byDuration) {
                    total += count
                    family.sample(total, suffix: "_bucket", ["method": method, "route": route, "le": end])
                }
                family.sample(tally.seconds, suffix: "_sum", ["method": method, "route": route])
                family.sample(total, suffix: "_count", ["method": method, "route": route])
            }
        }
    }
}
