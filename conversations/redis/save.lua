-- Saves a conversation if nobody has saved it since it was loaded.
-- KEYS[1] the conversation; ARGV: version loaded, version to write, state, ttl in ms.
-- Versions are compared as text: a Lua number would lose the last digits of an int64.
if (redis.call('HGET', KEYS[1], 'version') or '0') ~= ARGV[1] then
  return 0
end
redis.call('HSET', KEYS[1], 'version', ARGV[2], 'state', ARGV[3])
redis.call('PEXPIRE', KEYS[1], ARGV[4])
return 1
