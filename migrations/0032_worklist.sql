-- The worklist by due date is read in order for each role, and its figures are counted in the index alone.
CREATE INDEX turns_by_due ON turns (role, due, journey, task) WHERE awaited = 1;
