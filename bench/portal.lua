-- The load of bench.portal: wrk asks for the addresses of a file in turn, as a phone's browser does, and prints what
-- came of it as JSON.
local requests, at = {}, 0

function init(args)
  local headers = { ["Accept"] = "text/html", ["Accept-Encoding"] = "gzip", ["Sec-Fetch-Site"] = "none" }
  for address in io.lines(args[1]) do
    requests[#requests + 1] = wrk.format("GET", address, headers)
  end
end

function request()
  at = at % #requests + 1
  return requests[at]
end

function done(summary, latency, _)
  local errors = summary.errors
  io.write(string.format(
    '{"calls": %d, "seconds": %.6f, "faults": %d, "p50": %.3f, "p99": %.3f}\n',
    summary.requests, summary.duration / 1e6,
    errors.status + errors.connect + errors.read + errors.write + errors.timeout,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3))
end
