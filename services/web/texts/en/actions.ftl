# What may be done with a document or an assignment: the buttons.
register = Register
submit = Submit to a leader
submit-other = Submit to another
direct = Direct
draft-answer = Draft an answer
correct = Correct the facts
print-slip = Print the slip
undo-direction = Take the direction back
send-back = Return to sender
void-number = Void the number
hand-on = Assign within the unit
hand-on-short = Assign
report-done = Report done
report-progress = Report progress
extend = Extend
