-- Adds to what is spent, for a while from the first on.
-- KEYS[1] the counter. ARGV: how much, for how many ms.
local spent = redis.call('INCRBY', KEYS[1], ARGV[1])
if redis.call('PTTL', KEYS[1]) < 0 then
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
end
return spent
