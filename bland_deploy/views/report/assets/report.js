"use strict";
// The report has nothing to do beyond what all pages do.
