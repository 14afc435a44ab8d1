# What several screens show alike.

## Days of the week.
monday = Monday
tuesday = Tuesday
wednesday = Wednesday
thursday = Thursday
friday = Friday
saturday = Saturday
sunday = Sunday
size-bytes = { $n ->
    [one] { $n } byte
   *[other] { $n } bytes
}

## Deadlines.
done = Done
done-late = { $days ->
    [one] Done, { $days } day late
   *[other] Done, { $days } days late
}
late = { $days ->
    [one] { $days } day overdue
   *[other] { $days } days overdue
}
due-today = Today
left = { $days ->
    [one] { $days } day left
   *[other] { $days } days left
}
no-deadline = No due date
not-counted = no due date runs
withdrawn = Withdrawn
for-information = For information
sum = { $days ->
    [one] Given { $given } + { $days } working day = { $due }
   *[other] Given { $given } + { $days } working days = { $due }
}
sum-first = { $sum }, first due { $due }
sum-no-holidays = { $sum } (no holidays entered for { $year })

## Documents.
paper-without-subject = On paper, no subject entered yet

## Forms.
required = required
to-mend = To mend
not-yet = Not yet.
mend-below = See the fields marked “To mend” below.
refused = Not allowed.
conflict = Somebody has just changed it.
conflict-text = The document has changed since you opened it. What you typed is still here; look again, then send it once more.
not-saved = Could not be saved.
not-saved-text = { $why } Nothing was recorded and no number was taken. What you typed is still here.
reason-untold = The system does not allow this.
reason-unknown = Not right ({ $reason }).

## Those who have a document.
extend = extend

## A document shown on a page.
document = Document
pages = Pages of the document
attached = { $n ->
    [one] { $n } file attached
   *[other] { $n } files attached
}
page-before = Page before
page-after = Next page
smaller = Smaller
fit = Fit
larger = Larger
rotate = Rotate
download = Download
open-pdf = Open the PDF file
not-shown = This file cannot be shown here
download-to-see = Download it to see it
