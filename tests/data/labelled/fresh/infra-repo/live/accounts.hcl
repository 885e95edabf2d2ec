accounts = {
  sandbox = "111111111111"
  stage   = "222222222222"
  prod    = "333333333333"
}
