import HTTPTypes
import Hummingbird
import Logging
import NIOHTTP1
import Store

/// Turns every error, thrown or answered without a body, into a problem document.
struct ProblemMiddleware<Context: RequestContext>: RouterMiddleware {
    func handle(_ request: Request, context: Context, next: (Request, Context) async throws -> Response) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let problem as ProblemDocument {
            return problem.response
        } catch let error as HTTPError where error.status == .notFound {
            return ProblemDocument.notFound.response
        } catch let error as any HTTPResponseError {
            return ProblemDocument(error.status, code: "invalid_request", detail: "The request could not be read.").response
        } catch is HTTPParserError {
            // Within the body; the parser has stopped, and the connection with it.
            var response = ProblemDocument(.badRequest, code: "malformed_request", detail: "The request is not HTTP/1.1.").response
            response.headers[.connection] = "close"
            return response
        } catch let error as StoreError where error.isRetryable {
            return ProblemDocument.unavailable.response
        } catch {
            context.logger.error("request failed", metadata: ["path": "\(request.uri.path)", "error": "\(error)"])
            return ProblemDocument.serverError.response
        }
    }
}
