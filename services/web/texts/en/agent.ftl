# The signing agent on the user's own machine (vanthu agent): keys that stay outside the server.

outside = key outside the server
label = { $subject } · key outside the server
note = The key is outside the server: its password or PIN is asked for by the signing agent on your machine. Sign, then confirm on the agent's page.

# What it is about.
looking = Looking for the signing agent on this machine…
asking = Looking for the signing agent on this machine… If the browser asks whether this page may reach programs on this machine, allow it.
kept = The browser keeps this page away from the signing agent on this machine.
missing = There is no signing agent on this machine.
unpaired = The signing agent is running, but not paired with this page.
confirm = The signing agent has opened its page of confirmation in the browser. Compare the list there and press Ký; this page goes on by itself.
refused = You chose not to sign in the signing agent. Nothing was signed.
expired = The signing agent was not answered within 5 minutes. Nothing was signed.
gone = The signing agent no longer answers. Start it again and go on; what is signed stays signed.
objects = The signing agent does not take it: { $why }
needs-script = Signing with a key outside the server needs JavaScript, so that this page can talk to the signing agent on your machine.

# How it is started and paired.
start = Plug the key into this machine, open a terminal and run:
key-file = key.p12 or pkcs11:…
start-how = The agent asks for the password or PIN in that terminal. The server never sees the key or its password.
start-other = If the agent is running and this page still does not find it: it was started for another page. Start it again, the address after --origin being
allow = Let this page reach programs on this machine:
allow-how = Press the sign at the start of the address bar, open the permissions of this page and allow apps on this device (local network). The page looks again by itself. Where the machine is managed, ask its administrator to allow the address
look-again = Look again
code = Pairing code
code-how = The code has 10 characters and stands in the agent's terminal; each is good once.
wrong-code = The code is wrong or was used. Take the newest one in the agent's terminal; after 5 wrong ones the agent must be started again.
pair = Pair

# The run.
sign-title = Sign with a key outside the server
seal-title = Seal with a key outside the server
sign-ask = Ký số { $many } văn bản – { $agency }
seal-ask = Đóng dấu { $many } văn bản – { $agency }
with-key = Signing agent on this machine
prepares = Documents being prepared: { $many }
writes = Checking and writing the signatures…
stays = Some documents could not be signed yet. See the reason on each line, then go on.
other-key = The key in the signing agent belongs to another certificate: { $subject }. Start it again with the key of the certificate above.
key-failed = The key could not sign: { $why }
go-on = Sign with the agent
again = Sign again what failed
back-to-seal = Back to For sealing

# Enrolling.
enrol = Key outside the server
enrol-why = The key is on a USB token or in a file on your machine; the server never holds it. It has to answer a challenge of the server before its certificate is enrolled.
enrol-button = Enrol the agent's key
enrol-ask = Đăng ký chứng thư số – { $agency }
enrol-file = Chứng tỏ khóa là của { $subject } (không phải văn bản)
whose = Choose above whose key it is.
