/* knoop stocks: placeholder until the task is written in this branch. */
#include "print.h"
