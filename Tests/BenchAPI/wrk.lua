-- What the requests of a measurement are, by the arguments METHOD PATH [BODY], sent from one thread. `{n}` in them is another number
-- each time, `{cursor}` another line of the file that CURSORS names.
local method, path, body
local cursors = {}
local thread
refused = 0
accepted = tonumber(os.getenv("ACCEPTED"))

function setup(only) thread = only end

function init(arguments)
  method, path, body = arguments[1], arguments[2], arguments[3]
  local file = os.getenv("CURSORS")
  if file then
    for line in io.lines(file) do cursors[#cursors + 1] = line end
  end
  math.randomseed(tonumber(os.getenv("SEED") or "1"))
  wrk.headers["Authorization"] = "Bearer " .. os.getenv("RINGLINK_BENCH_KEY")
  if body then wrk.headers["Content-Type"] = "application/json" end
end

local function filled(text)
  return text and (text:gsub("{(%a+)}", function(name)
    if name == "n" then return string.format("%07d", math.random(0, 9999999)) end
    if name == "cursor" then return cursors[math.random(#cursors)] end
  end))
end

function request() return wrk.format(method, filled(path), nil, filled(body)) end

function response(status)
  if status >= 400 and status ~= accepted then refused = refused + 1 end
end

function done(summary, latency)
  io.write(string.format(
    '\n{"requests":%d,"seconds":%.6f,"p50_ms":%.4f,"p99_ms":%.4f,"refused":%d,"errors":%d}\n', summary.requests, summary.duration / 1e6,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3, tonumber(thread:get("refused")),
    summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout))
end
