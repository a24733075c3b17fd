-- wrk script: sends as many requests as the environment variable REQUESTS says, then ends the run. SIGINT ends wrk's
-- own wait for its duration and still prints the figures.
local ffi = require("ffi")
ffi.cdef("int getpid(void); int kill(int pid, int signal);")
local SIGINT = 2
local left = tonumber(os.getenv("REQUESTS"))
local text

function init(args)
  text = wrk.format()
end

function request()
  left = left - 1
  if left == -1 then
    ffi.C.kill(ffi.C.getpid(), SIGINT)
    wrk.thread:stop()
  end
  return text
end
