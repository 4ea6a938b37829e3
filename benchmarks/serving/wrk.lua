-- Requests for wrk: `wrk … URL -- PATHS ORDER [FIRST]`. The files hold a path, and a number of a path, a line.
-- The paths are asked for in that order, over and over. With FIRST each path is followed by a number that no
-- other request has: FIRST, FIRST + 1, … (one thread only). Prints its counts as one line of JSON.

local requests, order, at, number = {}, {}, 0, nil

function init(args)
   for path in io.lines(args[1]) do
      requests[#requests + 1] = wrk.format("GET", path .. (args[3] and "\0" or ""))
   end
   for line in io.lines(args[2]) do
      order[#order + 1] = tonumber(line)
   end
   number = tonumber(args[3])
   if number then
      for i, text in ipairs(requests) do
         local cut = text:find("\0", 1, true)
         requests[i] = { text:sub(1, cut - 1), text:sub(cut + 1) }
      end
   end
end

function request()
   at = at % #order + 1
   local wanted = requests[order[at]]
   if not number then
      return wanted
   end
   number = number + 1
   return string.format("%s%d%s", wanted[1], number, wanted[2])
end

function done(summary)
   local failed = summary.errors
   io.write(string.format(
      '{"requests": %d, "seconds": %f, "bytes": %d, "status": %d, "connect": %d, "read": %d, "write": %d, "timeout": %d}\n',
      summary.requests, summary.duration / 1e6, summary.bytes,
      failed.status, failed.connect, failed.read, failed.write, failed.timeout))
end
